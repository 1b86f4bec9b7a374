//! The packs are inside the executable: build again when one of their files changes.

fn main() {
    println!("cargo:rerun-if-changed=../../packs");
}
