
## Assessments
