"""The connection over which Discord tells of events."""
