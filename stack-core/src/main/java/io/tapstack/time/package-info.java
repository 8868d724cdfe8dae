/** Time as the core sees it: an argument, and timers that fire when somebody says what time it is. */
@NullMarked
package io.tapstack.time;

import org.jspecify.annotations.NullMarked;
