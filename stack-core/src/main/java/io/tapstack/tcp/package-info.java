/** TCP (RFC 9293): the connection, its parts, listeners and demultiplexing. */
@NullMarked
package io.tapstack.tcp;

import org.jspecify.annotations.NullMarked;
