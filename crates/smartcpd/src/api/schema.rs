//! The schema of the API (OpenAPI 3.1), made of the handlers, with what holds for all of them. Types of clients are generated
//! of it, the console's first, so it says which fields an answer always has and which words there are.

use std::collections::BTreeSet;

use cpd_store::users::Role;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayItems, Components, ObjectBuilder, Ref, Schema, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, RefOr, Required};
use utoipa::{PartialSchema, ToSchema};

use super::{caller, permission, resources};

/// The schema, as JSON.
pub(crate) fn openapi() -> String {
    let mut schema = resources().into_openapi();
    let (answers, sent) = (answers(&schema), sent(&schema));
    let components = schema.components.get_or_insert_default();
    name_items(components);
    open_parts(components);
    for (name, schema) in &mut components.schemas {
        if name.ends_with(KEYS) {
            without_null(schema);
        }
    }
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("scpd_…");
    components.add_security_scheme("key", SecurityScheme::Http(key.build()));
    let cookie = ApiKey::Cookie(ApiKeyValue::new(caller::COOKIE));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    let sent = reached(components, sent);
    for name in reached(components, answers).difference(&sent) {
        if let Some(RefOr::T(schema)) = components.schemas.get_mut(name) {
            complete(schema);
        }
    }
    for path in schema.paths.paths.values_mut() {
        if let Some(post) = &mut path.post {
            post.parameters
                .get_or_insert_default()
                .push(RefOr::T(idempotent()));
        }
    }
    schema.to_pretty_json().unwrap_or_default()
}

/// How names of schemas end that are keys of the configuration.
const KEYS: &str = "Keys";

/// A key of the configuration is written or left out: TOML has no null.
fn without_null(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::Object(object)) = schema else {
        return;
    };
    for property in object.properties.values_mut() {
        let kind = match property {
            RefOr::T(Schema::Object(object)) => &mut object.schema_type,
            RefOr::T(Schema::Array(array)) => &mut array.schema_type,
            RefOr::T(Schema::OneOf(one)) => {
                one.items.retain(|item| !is_nullable(item));
                if let [item] = one.items.as_slice() {
                    *property = item.clone();
                }
                continue;
            }
            RefOr::T(_) | RefOr::Ref(_) => continue,
        };
        if let SchemaType::Array(kinds) = kind {
            kinds.retain(|kind| *kind != Type::Null);
            if let [one] = kinds.as_slice() {
                *kind = SchemaType::Type(one.clone());
            }
        }
    }
}

/// What is a part of something else cannot forbid the fields of its other parts: nothing would fit.
fn open_parts(components: &mut Components) {
    let all = components.schemas.values().filter_map(|schema| match schema {
        RefOr::T(Schema::AllOf(all)) => Some(&all.items),
        RefOr::T(_) | RefOr::Ref(_) => None,
    });
    let parts: Vec<String> = all.flatten().filter_map(name_of).collect();
    for name in parts {
        if let Some(RefOr::T(Schema::Object(part))) = components.schemas.get_mut(&name) {
            part.additional_properties = None;
        }
    }
}

/// The name that a schema refers to.
fn name_of(schema: &RefOr<Schema>) -> Option<String> {
    match schema {
        RefOr::Ref(at) => at.ref_location.rsplit('/').next().map(str::to_owned),
        RefOr::T(_) => None,
    }
}

/// Lists are described with their items in place (`List_User`): the items get a name of their own, so that they are one type.
fn name_items(components: &mut Components) {
    let mut found = Vec::new();
    for (name, schema) in &mut components.schemas {
        let (Some((_, item)), RefOr::T(Schema::Object(list))) = (name.split_once('_'), schema) else {
            continue;
        };
        for property in list.properties.values_mut() {
            if let RefOr::T(Schema::Array(array)) = property
                && let ArrayItems::RefOrSchema(items) = &mut array.items
                && let RefOr::T(_) = **items
            {
                let named = std::mem::replace(&mut **items, RefOr::Ref(Ref::from_schema_name(item)));
                found.push((item.to_owned(), named));
            }
        }
    }
    for (name, schema) in found {
        components.schemas.entry(name).or_insert(schema);
    }
}

/// The header that each POST takes.
fn idempotent() -> Parameter {
    let words = "a UUID, for example: sent again with the same key, the request is not done twice, and its answer comes again";
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(words))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .max_length(Some(128)),
        ))
        .build()
}

/// What an answer holds and can be null is always there: only what cannot be null may be left out (`nullable = false`). What
/// is sent as well is left as it is, for there a field may be missing that an answer has.
fn complete(schema: &mut Schema) {
    match schema {
        Schema::Object(object) => {
            for (name, property) in &mut object.properties {
                if is_nullable(property) && !object.required.contains(name) {
                    object.required.push(name.clone());
                }
                if let RefOr::T(property) = property {
                    complete(property);
                }
            }
        }
        Schema::AllOf(all) => inner(&mut all.items),
        Schema::OneOf(one) => inner(&mut one.items),
        Schema::AnyOf(any) => inner(&mut any.items),
        Schema::Array(_) => {}
        _ => {}
    }
    fn inner(schemas: &mut [RefOr<Schema>]) {
        for schema in schemas {
            if let RefOr::T(schema) = schema {
                complete(schema);
            }
        }
    }
}

fn is_nullable(schema: &RefOr<Schema>) -> bool {
    let null = |kind: &SchemaType| match kind {
        SchemaType::Type(kind) => *kind == Type::Null,
        SchemaType::Array(kinds) => kinds.contains(&Type::Null),
        SchemaType::AnyValue => false,
    };
    match schema {
        RefOr::T(Schema::Object(object)) => null(&object.schema_type),
        RefOr::T(Schema::Array(array)) => null(&array.schema_type),
        RefOr::T(Schema::OneOf(one)) => one.items.iter().any(is_nullable),
        RefOr::T(Schema::AnyOf(any)) => any.items.iter().any(is_nullable),
        RefOr::T(_) | RefOr::Ref(_) => false,
    }
}

type Schemas = Vec<RefOr<Schema>>;

/// What answers hold.
fn answers(api: &OpenApi) -> Schemas {
    let responses = operations(api).flat_map(|operation| operation.responses.responses.values());
    let contents = responses.filter_map(|response| match response {
        RefOr::T(response) => Some(response.content.values()),
        RefOr::Ref(_) => None,
    });
    contents.flatten().filter_map(schema_of).collect()
}

/// What is sent.
fn sent(api: &OpenApi) -> Schemas {
    let bodies = operations(api).filter_map(|operation| operation.request_body.as_ref());
    let contents = bodies.filter_map(|body| match body {
        RefOr::T(body) => Some(body.content.values()),
        RefOr::Ref(_) => None,
    });
    contents.flatten().filter_map(schema_of).collect()
}

fn operations(api: &OpenApi) -> impl Iterator<Item = &utoipa::openapi::path::Operation> {
    api.paths.paths.values().flat_map(|path| {
        [&path.get, &path.put, &path.post, &path.delete, &path.patch]
            .into_iter()
            .flatten()
    })
}

fn schema_of(content: &RefOr<Content>) -> Option<RefOr<Schema>> {
    match content {
        RefOr::T(content) => content.schema.clone(),
        RefOr::Ref(_) => None,
    }
}

/// Names of all schemas that these are made of.
fn reached(components: &Components, mut open: Schemas) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    while let Some(schema) = open.pop() {
        if let Some(name) = name_of(&schema) {
            if !found.contains(&name) {
                open.extend(components.schemas.get(&name).cloned());
                found.insert(name);
            }
            continue;
        }
        match schema {
            RefOr::T(Schema::Object(object)) => open.extend(object.properties.into_values()),
            RefOr::T(Schema::Array(array)) => {
                if let ArrayItems::RefOrSchema(items) = array.items {
                    open.push(*items);
                }
            }
            RefOr::T(Schema::AllOf(all)) => open.extend(all.items),
            RefOr::T(Schema::OneOf(one)) => open.extend(one.items),
            RefOr::T(Schema::AnyOf(any)) => open.extend(any.items),
            RefOr::T(_) | RefOr::Ref(_) => {}
        }
    }
    found
}

/// A word of a list that stands elsewhere in the code, as the schema tells it.
fn word(words: impl Iterator<Item = &'static str>, description: &str) -> RefOr<Schema> {
    let object = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .description(Some(description));
    object.into()
}

/// What a call can be, by its name.
pub(crate) struct ClassName;

impl PartialSchema for ClassName {
    fn schema() -> RefOr<Schema> {
        let words = cpd_detect::Class::ALL.iter().map(|class| class.as_str());
        word(words, "What a call can be (docs/classes.md).")
    }
}

impl ToSchema for ClassName {}

/// What somebody may do, in a word.
pub(crate) struct PermissionName;

impl PartialSchema for PermissionName {
    fn schema() -> RefOr<Schema> {
        word(
            permission::Permission::words(),
            "Something that one may or may not do.",
        )
    }
}

impl ToSchema for PermissionName {}

/// A role, in a word.
pub(crate) struct RoleName;

impl PartialSchema for RoleName {
    fn schema() -> RefOr<Schema> {
        let words = Role::ALL.into_iter().map(Role::as_str);
        word(
            words,
            "What somebody is; `support` and `operator` are the service's own.",
        )
    }
}

impl ToSchema for RoleName {}

/// A language of the console.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a word that is kept as text")]
pub(crate) enum Language {
    Ru,
    En,
}

/// A type that is one of several, of which more than one may fit. Each part has a name here, which the schema does not tell.
macro_rules! any_of {
    ($(#[doc = $description:literal])+ $name:ident { $($part:ident: $kind:ty),+ $(,)? }) => {
        $(#[doc = $description])+
        pub(crate) struct $name;

        const _: () = {
            use ::utoipa::openapi::RefOr;
            use ::utoipa::openapi::schema::{AnyOfBuilder, Schema};

            #[derive(::utoipa::ToSchema)]
            #[allow(dead_code, reason = "its fields are the parts")]
            struct Parts {
                $($part: $kind),+
            }

            impl ::utoipa::PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let description = [$($description.trim()),+].join(" ");
                    let mut any = AnyOfBuilder::new().description(Some(description));
                    if let RefOr::T(Schema::Object(parts)) = <Parts as ::utoipa::PartialSchema>::schema() {
                        for part in parts.properties.into_values() {
                            any = any.item(part);
                        }
                    }
                    any.into()
                }
            }

            impl ::utoipa::ToSchema for $name {
                fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                    <Parts as ::utoipa::ToSchema>::schemas(schemas);
                }
            }
        };
    };
}
pub(crate) use any_of;
