"""What the law lays down: procedures, calendars and directories as dated data, and the door that reads them."""
