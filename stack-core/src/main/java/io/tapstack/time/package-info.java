/** Time as the core sees it: an argument, and timers that fire when the stack is told the time. */
@NullMarked
package io.tapstack.time;

import org.jspecify.annotations.NullMarked;
