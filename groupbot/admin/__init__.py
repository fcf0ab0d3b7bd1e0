"""Commands by chat: who may do what where, what they typed, and what the bot answers."""
