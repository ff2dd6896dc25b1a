"""The protocols between the services and the outside, a file a subject."""
