/** Send queue, receive queue and reassembly queue, with the marks between their bytes. */
@NullMarked
package io.tapstack.tcp.queue;

import org.jspecify.annotations.NullMarked;
