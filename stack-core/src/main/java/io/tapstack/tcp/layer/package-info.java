/** TCP of one stack, put together. */
@NullMarked
package io.tapstack.tcp.layer;

import org.jspecify.annotations.NullMarked;
