"""The jobs behind the commands: annotate, export a project, lists of sources."""
