
## Files that are taken away
as-document = This page as PDF
file-cut = Not all rows: this file holds the first { $most }. Narrow the list to have the others.
