"""What is handed over on paper: documents in words, as HTML and as PDF, made without a browser."""
