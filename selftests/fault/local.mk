# SPDX-License-Identifier: GPL-2.0-only
# Fault injection: each path, with each of its allocations failing in turn.
