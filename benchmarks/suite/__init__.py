"""What all measurements share: running programs, keeping samples, tables and plots."""
