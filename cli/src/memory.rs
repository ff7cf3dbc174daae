//! How much memory did it take?
//!
//! What the kernel counts: resident pages at their highest, `VmHWM` in `/proc/self/status` (proc(5)).
//! Only Linux tells; elsewhere nothing is known.

/// Most bytes held at once, since the start or the last [`forget_peak`].
pub(crate) fn peak_bytes() -> Option<u64> {
    let status = fs_err::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Counts the peak from what is held now; whether that could be done.
pub(crate) fn forget_peak() -> bool {
    fs_err::write("/proc/self/clear_refs", "5").is_ok()
}
