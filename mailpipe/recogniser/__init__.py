"""What a received mail is to us: for which department, from whom, about which ticket."""
