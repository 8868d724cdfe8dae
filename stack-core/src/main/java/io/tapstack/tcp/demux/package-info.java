/** Connections by their 4-tuple, listeners and ports: who has which, and numbers that cannot be guessed. */
@NullMarked
package io.tapstack.tcp.demux;

import org.jspecify.annotations.NullMarked;
