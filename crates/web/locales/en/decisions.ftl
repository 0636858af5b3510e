
## Deciding: approvals, validation, incidents, what lapses
