//! The catalogue against the guideline files of this repository, and against files that are wrong.

#[cfg(test)]
mod applicability;
#[cfg(test)]
mod differences;
#[cfg(test)]
mod files;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod repository;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod versions;
