"""What the main window does, without widgets: sources, network, session, recordings."""
