"""What people take home: files, tables and pictures."""
