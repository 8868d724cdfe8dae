/** A TCP proxy: each received connection is joined to one to the target. */
@NullMarked
package io.tapstack.proxy;

import org.jspecify.annotations.NullMarked;
