"""Pages for people out there: live codes. Imported only where [web] listen asks for it; calls ports, stores nothing."""
