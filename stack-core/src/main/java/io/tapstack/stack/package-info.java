/** The layers put together, and the thread that runs them. */
@NullMarked
package io.tapstack.stack;

import org.jspecify.annotations.NullMarked;
