"""Risk control on the way in: views of a text, findings, scores, and learning from what people correct."""
