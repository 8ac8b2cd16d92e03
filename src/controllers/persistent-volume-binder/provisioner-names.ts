/** In-tree provisioners whose work CSI drivers do today (upstream's csi-translation-lib). */
const migrated: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
};

/** Who has to be asked for volumes of a class; undefined for a name of Kubernetes' own that nobody answers to, such as `kubernetes.io/no-provisioner`. */
export function externalProvisioner(name: string): string | undefined {
  return migrated[name] ?? (name.startsWith('kubernetes.io/') ? undefined : name);
}
