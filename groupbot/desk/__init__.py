"""What an operator can have done: services over settings, files and storage, shared by commands, chat and reload.

Nothing here prints, reads a command line or ends a process; who calls says it in words.
"""
