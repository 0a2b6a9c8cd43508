#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What shellcheck must find.
ls $@
