"""What the team decided: pathways now, alert rules built on the same form."""
