/** The stack as a whole, its lock, and the thread that runs it. */
@NullMarked
package io.tapstack.stack;

import org.jspecify.annotations.NullMarked;
