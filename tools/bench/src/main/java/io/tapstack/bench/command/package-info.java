/** The commands of this module: {@code bench}, and {@code bench-server}, which it starts. */
@NullMarked
package io.tapstack.bench.command;

import org.jspecify.annotations.NullMarked;
