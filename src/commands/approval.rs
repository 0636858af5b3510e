//! `dualtrack approval`: what an approver signs, as YAML to be filled in. It writes nothing and approves nothing.

use dualtrack_catalogue::Stage;
use dualtrack_inventory::approval_template;

use crate::cli::ApprovalArguments;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::terminal::print;
use crate::{product, progress};

/// Runs the command.
pub(crate) fn run(arguments: &ApprovalArguments) -> Result<(), Failure> {
    let stop = progress::stop_on_interrupt()?;
    let catalogue = product::catalogue(arguments.guidelines.as_deref())?;
    let folder = Folder::read(&arguments.folder, &catalogue, &stop)?;
    let uses = folder.inventory.uses();
    let Some(of) = uses.values().find(|of| of.id.as_str() == arguments.use_id) else {
        let known: Vec<String> = uses.keys().map(ToString::to_string).collect();
        let all = format!("uses/ has {}", known.join(", "));
        return Err(Failure::unknown("use", &arguments.use_id, &known, &all));
    };
    if of.stage == Stage::Retired {
        return Err(Failure::input(format!("`{}` is retired; there is nothing to approve", of.id)));
    }
    print(&approval_template(&folder.inventory, of))
}
