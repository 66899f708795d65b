//! A repeat: its children once for each item of a list, as the children of one stack.

use std::rc::Rc;

use crate::template::document::{self as doc, LOOP};
use crate::template::expression::Value;

use super::Stack;
use super::resolve::Resolver;

impl Resolver<'_> {
    /// The items of a list.
    pub(super) fn items(&mut self, source: &str, path: &str) -> Rc<[Value]> {
        self.template.expressions.items(source, &self.context).unwrap_or_else(|reason| {
            self.warnings.push(&format!("{path}.items"), reason);
            Rc::default()
        })
    }

    /// The stack of a list's items.
    pub(super) fn repeat(&mut self, repeat: &doc::Repeat, path: &str) -> Stack {
        self.evaluated = true;
        let items = self.items(&repeat.items, path);
        let shown = repeat.limit.unwrap_or(items.len()).min(items.len());
        let mut children = Vec::new();
        if items.is_empty() {
            children = self.layers(&repeat.empty, &format!("{path}.empty"));
        }
        let before = [repeat.item(), LOOP].map(|name| self.context.bind(name, Value::Undefined));
        for (index, item) in items.iter().take(shown).enumerate() {
            self.context.bind(repeat.item(), item.clone());
            self.context.bind(LOOP, place(index, shown, items.len()));
            children.extend(self.layers(&repeat.stack.children, &format!("{path}[{index}].children")));
        }
        if shown < items.len() {
            self.context.bind(repeat.item(), Value::Undefined);
            self.context.bind(LOOP, place(shown, shown, items.len()));
            children.extend(self.layers(&repeat.more, &format!("{path}.more")));
        }
        for (name, value) in [repeat.item(), LOOP].into_iter().zip(before) {
            self.context.unbind(name, value);
        }
        self.stack(&repeat.stack, children, path)
    }
}

/// The value of `loop`, in Jinja's words.
pub(super) fn place(index: usize, shown: usize, count: usize) -> Value {
    let fields = [
        ("index", Value::from(index.saturating_add(1))),
        ("index0", Value::from(index)),
        ("first", Value::Bool(index == 0)),
        ("last", Value::Bool(index.saturating_add(1) == shown)),
        ("length", Value::from(count)),
        ("more", Value::from(count.saturating_sub(shown))),
    ];
    Value::Map(fields.map(|(name, value)| (Value::from(name), value)).into())
}
