//! `dualtrack cube`: the query for a warehouse, adding saved cubes up, reading an answer back.

use dualtrack_assurance::{ScanOptions, sql};

use crate::cli::CubeCommand;
use crate::commands::measure::{cube_file, read_cubes};
use crate::data::{DataSet, failure};
use crate::failure::Failure;
use crate::output::write_all;
use crate::roles;
use crate::terminal::print;

/// Runs the command.
pub(crate) fn run(command: &CubeCommand) -> Result<(), Failure> {
    match command {
        CubeCommand::Sql { dialect, table, roles } => {
            let roles = roles::from_arguments(roles, &[])?;
            let dialect = dialect.parse::<sql::Dialect>().map_err(Failure::input)?;
            print(&(sql::query(&roles, table, dialect).map_err(failure)? + "\n"))
        }
        CubeCommand::Merge { files, out, suppress_below } => {
            write_all(&[cube_file(&read_cubes(files)?, out, *suppress_below)?])
        }
        CubeCommand::Import { file, out, roles } => {
            let roles = roles::from_arguments(roles, &[])?;
            let answer = DataSet::open(std::slice::from_ref(file))?;
            let tables = sql::answer(answer.parts(), &roles, &ScanOptions::default()).map_err(failure)?;
            answer.unchanged()?;
            write_all(&[cube_file(&tables, out, None)?])
        }
    }
}
