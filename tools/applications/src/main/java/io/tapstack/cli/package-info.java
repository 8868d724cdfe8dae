/** The command line: one class per command. */
@NullMarked
package io.tapstack.cli;

import org.jspecify.annotations.NullMarked;
