//! The description of the API (OpenAPI 3.1), made from the table of routes and the types, so that it cannot lie.

use std::collections::BTreeMap;

use schemars::Schema;
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::{Answer, Body, Needs, Route, routes};
use crate::problem::Details;

/// The description of the API.
///
/// # Errors
/// It says so in one line if what was made is no OpenAPI; a test holds that it is.
pub(crate) fn description(program: &str) -> Result<Value, String> {
    let mut schemas = Map::new();
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let problem = put(&mut schemas, schemars::schema_for!(Details), "Problem")?;
    for route in routes() {
        let operation = operation(&route, &problem, &mut schemas)?;
        paths.entry(route.path.clone()).or_default().insert(route.method.as_str().to_lowercase(), operation);
    }
    let whole = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Dualtrack",
            "description": "The record of an institution's uses of AI: what is on record, what it comes to, and every action that changes it. Every change is entered in a tamper-evident ledger.",
            "version": program,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "dtk_…" },
                "session": { "type": "apiKey", "in": "cookie", "name": crate::sign_in::session::COOKIE },
            },
        },
    });
    // Read as what it claims to be; the schemas are those of the types, which say more than that reader knows.
    let read: OpenApi = serde_json::from_value(whole).map_err(|error| error.to_string())?;
    let mut whole = serde_json::to_value(read).map_err(|error| error.to_string())?;
    if let Some(Value::Object(components)) = whole.get_mut("components") {
        components.insert("schemas".into(), Value::Object(schemas));
    }
    Ok(whole)
}

fn operation(route: &Route, problem: &Value, schemas: &mut Map<String, Value>) -> Result<Value, String> {
    let mut parameters = Vec::new();
    for part in route.path.split('/').filter_map(|part| part.strip_prefix('{')) {
        let name = part.trim_end_matches('}');
        let schema = if name == "digest" {
            json!({ "type": "string", "pattern": "^(sha256:)?[0-9a-fA-F]{64}$" })
        } else {
            json!({ "type": "string", "minLength": 1, "maxLength": crate::page::LONGEST_WORD })
        };
        parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }
    for parameter in &route.query {
        parameters.push(json!({
            "name": parameter.name, "in": "query", "required": false,
            "description": parameter.about, "schema": parameter.schema,
        }));
    }
    let mut responses = Map::new();
    let done = match &route.answer {
        Answer::Json(schema) => {
            let schema = put(schemas, schema.clone(), &route.operation)?;
            json!({ "description": "Done.", "content": { "application/json": { "schema": schema } } })
        }
        Answer::Bytes => json!({
            "description": "The file.",
            "content": { "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } },
        }),
        Answer::Nothing => json!({ "description": "Done." }),
        Answer::Redirect => json!({ "description": "Go on there." }),
    };
    for status in statuses(route) {
        responses.insert((*status).to_owned(), done.clone());
    }
    if route.query.iter().any(|parameter| parameter.name == "as_of") {
        responses.insert("304".into(), json!({ "description": "It is still the version that you have." }));
    }
    let problem = json!({ "description": "A problem, in words.", "content": { "application/problem+json": { "schema": problem } } });
    for status in ["400", "401", "403", "404", "409", "412", "413", "415", "422", "428", "429", "503"] {
        responses.insert(status.into(), problem.clone());
    }
    if route.operation == "keepFile" {
        responses.insert("507".into(), problem);
    }
    let mut operation = json!({
        "operationId": route.operation,
        "summary": route.summary,
        "responses": responses,
    });
    let fields = operation.as_object_mut();
    let Some(fields) = fields else { return Ok(operation) };
    if !parameters.is_empty() {
        fields.insert("parameters".into(), json!(parameters));
    }
    match &route.body {
        Some(Body::Json(schema)) => {
            let schema = put(schemas, schema.clone(), &route.operation)?;
            let body = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
            fields.insert("requestBody".into(), body);
        }
        Some(Body::Bytes) => {
            let content =
                json!({ "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } });
            fields.insert("requestBody".into(), json!({ "required": true, "content": content }));
        }
        None => {}
    }
    match &route.needs {
        Needs::Nothing => _ = fields.insert("security".into(), json!([])),
        Needs::SignIn => _ = fields.insert("security".into(), json!([{ "token": [] }, { "session": [] }])),
        Needs::Action(action) => {
            fields.insert("security".into(), json!([{ "token": [] }, { "session": [] }]));
            fields.insert("x-action".into(), json!(action));
        }
    }
    Ok(operation)
}

/// The statuses of an answer that is no problem.
fn statuses(route: &Route) -> &'static [&'static str] {
    match &route.answer {
        Answer::Nothing => &["204"],
        Answer::Redirect => &["303"],
        Answer::Json(_) | Answer::Bytes if route.path.starts_with("/api/v1/actions/") => &["200", "202"],
        Answer::Json(_) | Answer::Bytes => match route.operation.as_str() {
            "makeToken" | "openAccount" | "addWebhook" | "keepFile" => &["201"],
            _ => &["200"],
        },
    }
}

/// Puts a schema and those it speaks of among the components, and points at it.
fn put(schemas: &mut Map<String, Value>, schema: Schema, operation: &str) -> Result<Value, String> {
    let mut value = schema.to_value();
    let mut found = Vec::new();
    let mut name = operation.to_owned();
    if let Value::Object(fields) = &mut value {
        fields.remove("$schema");
        if let Some(Value::Object(definitions)) = fields.remove("$defs") {
            found.extend(definitions);
        }
        fields.get("title").and_then(Value::as_str).unwrap_or(operation).clone_into(&mut name);
    }
    found.push((name.clone(), value));
    for (name, mut definition) in found {
        point(&mut definition);
        // A title of its own or none: the same type is one component.
        if let Value::Object(fields) = &mut definition {
            fields.remove("title");
        }
        match schemas.get(&name) {
            Some(there) if *there != definition => return Err(format!("two types are called `{name}`")),
            _ => _ = schemas.insert(name, definition),
        }
    }
    Ok(json!({ "$ref": format!("#/components/schemas/{name}") }))
}

/// Turns references to definitions into references to components.
fn point(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get_mut("$ref") {
                *reference = reference.replace("#/$defs/", "#/components/schemas/");
            }
            fields.values_mut().for_each(point);
        }
        Value::Array(items) => items.iter_mut().for_each(point),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
