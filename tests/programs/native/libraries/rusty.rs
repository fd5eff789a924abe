// Rust on the stack: generic functions, closures, trait objects, a sort's comparison, inlined calls.
use std::cmp::Ordering;
use std::hint::black_box;

type Callback = extern "C" fn();

trait Visitor {
    fn visit(&self, depth: u32);
}

struct Tree<T> {
    label: T,
    callback: Callback,
}

impl<T: Copy> Visitor for Tree<T> {
    #[inline(never)]
    fn visit(&self, depth: u32) {
        if depth > 0 {
            descend(self, depth - 1);
        } else {
            within(|| (self.callback)());
        }
        black_box(self.label);
    }
}

#[inline(always)]
fn descend(visitor: &dyn Visitor, depth: u32) {
    visitor.visit(depth);
    black_box(());
}

#[inline(never)]
fn within<F: Fn()>(action: F) {
    action();
    black_box(());
}

#[no_mangle]
pub extern "C" fn rusty_visit(callback: Callback) {
    let tree = Tree { label: 7u8, callback };
    let visitor: &dyn Visitor = black_box(&tree);
    visitor.visit(2);
    black_box(());
}

#[inline(never)]
fn compare(callback: Callback, one: &i32, other: &i32) -> Ordering {
    callback();
    black_box(one).cmp(other)
}

#[no_mangle]
pub extern "C" fn rusty_sort(callback: Callback) {
    let mut numbers = black_box(vec![3, 1, 2]);
    numbers.sort_by(|one, other| compare(callback, one, other));
    black_box(numbers);
}
