"""Processes that read what strangers wrote: started on need, gone when idle, each task with a time and a memory."""
