"""What window, panels and editor share: looks, actions, preferences, problems."""
