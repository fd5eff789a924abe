// Rust on the stack: generic functions, closures, trait objects, a sort's comparison, inlined calls.
use std::cmp::Ordering;

type Callback = extern "C" fn();

/// What the compiler cannot see through: a call before it is not the last one of its function.
#[inline(always)]
fn keep<T>(value: T) -> T {
    let kept = unsafe { std::ptr::read_volatile(&value) };
    std::mem::forget(value);
    kept
}

static AFTER: u8 = 0;

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
        keep(self.label);
    }
}

#[inline(always)]
fn descend(visitor: &dyn Visitor, depth: u32) {
    visitor.visit(depth);
    keep(unsafe { std::ptr::read_volatile(&AFTER) });
}

#[inline(never)]
fn within<F: Fn()>(action: F) {
    action();
    keep(unsafe { std::ptr::read_volatile(&AFTER) });
}

#[no_mangle]
pub extern "C" fn rusty_visit(callback: Callback) {
    let tree = Tree { label: 7u8, callback };
    let visitor: &dyn Visitor = keep(&tree);
    visitor.visit(2);
    keep(unsafe { std::ptr::read_volatile(&AFTER) });
}

#[inline(never)]
fn compare(callback: Callback, one: &i32, other: &i32) -> Ordering {
    callback();
    keep(one).cmp(other)
}

#[no_mangle]
pub extern "C" fn rusty_sort(callback: Callback) {
    let mut numbers = keep(vec![3, 1, 2]);
    numbers.sort_by(|one, other| compare(callback, one, other));
    keep(numbers);
}
