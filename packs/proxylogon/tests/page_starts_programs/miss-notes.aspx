How to use ProcessStartInfo: this is a text without a block of script, and asks for nothing.
