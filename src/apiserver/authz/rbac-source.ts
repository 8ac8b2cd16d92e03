import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding, Subject } from '../../api/generated/rbac/v1.ts';
import type { User } from '../../api/call.ts';

/** The RBAC objects there are. Answers at once, from memory: every call to the API server asks. */
export interface RbacSource {
  clusterRole(name: string): ClusterRole | undefined;
  role(namespace: string, name: string): Role | undefined;
  clusterRoles(): Iterable<ClusterRole>;
  clusterRoleBinding(name: string): ClusterRoleBinding | undefined;
  roleBinding(namespace: string, name: string): RoleBinding | undefined;
  /** The bindings over the whole cluster that name the user or a group of theirs. */
  clusterRoleBindingsOf(user: User): Iterable<Bound<ClusterRoleBinding>>;
  /** Those in the namespace. */
  roleBindingsOf(user: User, namespace: string): Iterable<Bound<RoleBinding>>;
}

/** A binding, and the subject in it by which it applies. */
export interface Bound<Binding> {
  readonly binding: Binding;
  readonly subject: Subject;
}

export type RbacObject =
  | { readonly kind: 'ClusterRole'; readonly object: ClusterRole }
  | { readonly kind: 'Role'; readonly object: Role }
  | { readonly kind: 'ClusterRoleBinding'; readonly object: ClusterRoleBinding }
  | { readonly kind: 'RoleBinding'; readonly object: RoleBinding };

/** Keeps RBAC objects by name and bindings by subject, so that a decision does not walk all bindings. Fed by watch caches. */
export class RbacIndex implements RbacSource {
  readonly #clusterRoles = new Map<string, ClusterRole>();
  readonly #roles = new Map<string, Role>();
  readonly #clusterRoleBindings = new SubjectIndex<ClusterRoleBinding>();
  readonly #roleBindings = new Map<string, SubjectIndex<RoleBinding>>();

  /** Takes an object that is there, or forgets one that is gone. */
  apply(isThere: boolean, change: RbacObject): void {
    if (isThere) this.set(change);
    else this.remove(change);
  }

  /** Takes a new object, or a changed one. */
  set(change: RbacObject): void {
    const { name = '', namespace = '' } = change.object.metadata;
    switch (change.kind) {
      case 'ClusterRole':
        this.#clusterRoles.set(name, change.object);
        return;
      case 'Role':
        this.#roles.set(`${namespace}/${name}`, change.object);
        return;
      case 'ClusterRoleBinding':
        this.#clusterRoleBindings.set(name, change.object, '');
        return;
      case 'RoleBinding': {
        const known = this.#roleBindings.get(namespace);
        const index = known ?? new SubjectIndex<RoleBinding>();
        if (!known) this.#roleBindings.set(namespace, index);
        index.set(name, change.object, namespace);
      }
    }
  }

  /** Forgets an object that is gone. */
  remove(change: RbacObject): void {
    const { name = '', namespace = '' } = change.object.metadata;
    switch (change.kind) {
      case 'ClusterRole':
        this.#clusterRoles.delete(name);
        return;
      case 'Role':
        this.#roles.delete(`${namespace}/${name}`);
        return;
      case 'ClusterRoleBinding':
        this.#clusterRoleBindings.remove(name);
        return;
      case 'RoleBinding': {
        const index = this.#roleBindings.get(namespace);
        index?.remove(name);
        if (index?.isEmpty) this.#roleBindings.delete(namespace);
      }
    }
  }

  clusterRole(name: string): ClusterRole | undefined {
    return this.#clusterRoles.get(name);
  }

  role(namespace: string, name: string): Role | undefined {
    return this.#roles.get(`${namespace}/${name}`);
  }

  clusterRoles(): Iterable<ClusterRole> {
    return this.#clusterRoles.values();
  }

  clusterRoleBinding(name: string): ClusterRoleBinding | undefined {
    return this.#clusterRoleBindings.get(name);
  }

  roleBinding(namespace: string, name: string): RoleBinding | undefined {
    return this.#roleBindings.get(namespace)?.get(name);
  }

  clusterRoleBindingsOf(user: User): Iterable<Bound<ClusterRoleBinding>> {
    return this.#clusterRoleBindings.of(user);
  }

  roleBindingsOf(user: User, namespace: string): Iterable<Bound<RoleBinding>> {
    return this.#roleBindings.get(namespace)?.of(user) ?? [];
  }
}

/** Bindings by name, and by each subject they name. */
class SubjectIndex<Binding extends ClusterRoleBinding | RoleBinding> {
  readonly #byName = new Map<string, { readonly binding: Binding; readonly keys: readonly string[] }>();
  readonly #bySubject = new Map<string, Map<string, Bound<Binding>>>();

  get isEmpty(): boolean {
    return this.#byName.size === 0;
  }

  get(name: string): Binding | undefined {
    return this.#byName.get(name)?.binding;
  }

  set(name: string, binding: Binding, namespace: string): void {
    this.remove(name);
    const keys: string[] = [];
    for (const subject of binding.subjects ?? []) {
      const key = subjectKey(subject, namespace);
      if (key === undefined || keys.includes(key)) continue;
      keys.push(key);
      const bound = this.#bySubject.get(key) ?? new Map<string, Bound<Binding>>();
      this.#bySubject.set(key, bound.set(name, { binding, subject }));
    }
    this.#byName.set(name, { binding, keys });
  }

  remove(name: string): void {
    for (const key of this.#byName.get(name)?.keys ?? []) {
      const bound = this.#bySubject.get(key);
      bound?.delete(name);
      if (bound?.size === 0) this.#bySubject.delete(key);
    }
    this.#byName.delete(name);
  }

  *of(user: User): Iterable<Bound<Binding>> {
    yield* this.#bySubject.get(`user:${user.name}`)?.values() ?? [];
    for (const group of user.groups) yield* this.#bySubject.get(`group:${group}`)?.values() ?? [];
  }
}

/** ServiceAccounts are users by another name; in a RoleBinding they may leave out the binding's own namespace. */
function subjectKey({ kind, name, namespace }: Subject, bindingNamespace: string): string | undefined {
  if (kind === 'User') return `user:${name}`;
  if (kind === 'Group') return `group:${name}`;
  const home = namespace || bindingNamespace;
  return kind === 'ServiceAccount' && home !== '' ? `user:system:serviceaccount:${home}:${name}` : undefined;
}
