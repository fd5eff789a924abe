//! A function for C that panics where its index is out of bounds, which C cannot catch.

#[no_mangle]
pub extern "C" fn price_of(index: usize) -> u32 {
    let prices = [300, 450, 800];
    prices[index]
}
