"""SOP files: read, checked and planned. Pure: bytes in, values out; `now` is a parameter."""
