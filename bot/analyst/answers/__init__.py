"""A question and passages become an answer."""
