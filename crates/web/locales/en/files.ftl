
## Files that are taken away
