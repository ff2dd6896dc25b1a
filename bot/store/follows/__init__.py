"""Follows, their editions, posts and places."""
