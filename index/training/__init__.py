"""Fictional topics of the trade (*.jsonl) and what turns them into training and validation."""
