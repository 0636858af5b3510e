
## What there is: providers, data flows, people, the ledger, settings
