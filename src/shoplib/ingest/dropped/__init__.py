"""Files dropped into a folder: claimed once, loaded, put away with their reasons and a workbook to mend them."""
