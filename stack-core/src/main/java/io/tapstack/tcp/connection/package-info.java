/** The control block of a TCP connection, and the parts that work on it. */
@NullMarked
package io.tapstack.tcp.connection;

import org.jspecify.annotations.NullMarked;
