"""The annotation editor: a project's masks over its video, corrected by hand."""
